"""Holds the manifests against what their systems accept.

    pip install kubernetes-validate botocore pyyaml; apt-get install shellcheck
"""

import json
import os
import subprocess

import botocore.session
import botocore.validate
import kubernetes_validate
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


job = yaml.safe_load(read("kubernetes.yaml"))
kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)

batch = botocore.session.get_session().get_service_model("batch")
for operation, name in [("RegisterJobDefinition", "aws-batch.json"), ("SubmitJob", "aws-batch-submit.json")]:
    shape = batch.operation_model(operation).input_shape
    report = botocore.validate.ParamValidator().validate(json.loads(read(name)), shape)
    assert not report.has_errors(), f"{name}: {report.generate_report()}"

for name in ["slurm.sh", "parallel.sh"]:
    subprocess.run(["shellcheck", os.path.join(HERE, name)], check=True)
print("the manifests are what their systems accept")
