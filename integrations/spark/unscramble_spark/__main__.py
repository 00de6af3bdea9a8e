from unscramble_spark import main

main()
