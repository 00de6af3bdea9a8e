#!/bin/bash
# sbatch --array=0-99 slurm.sh      (0 to one less than `unscramble plan` said)
#SBATCH --job-name=unscramble
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --requeue
exec unscramble scan --plan plan.ndjson -o results/ --threads "${SLURM_CPUS_PER_TASK:-2}" --no-progress
