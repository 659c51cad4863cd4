"""A facade of AWS Glue's API over real spark-submit, for where there is no AWS."""
