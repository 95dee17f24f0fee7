"""What Python shell jobs find of AWS Glue's library: awsglue.utils."""
