# A small lake on Tarn: a bucket with a file, a database, a crawler, a job and a workgroup.
#
#   ./tarn serve &
#   cd samples/terraform && terraform init && terraform apply
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {
  description = "Where Tarn listens."
  default     = "http://127.0.0.1:4566"
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true

  endpoints {
    s3     = var.endpoint
    glue   = var.endpoint
    athena = var.endpoint
    sts    = var.endpoint
  }
}

resource "aws_s3_bucket" "lake" {
  bucket        = "terraform-lake"
  force_destroy = true
  tags = {
    team = "data"
  }
}

resource "aws_s3_object" "orders" {
  bucket  = aws_s3_bucket.lake.id
  key     = "raw/orders/orders.csv"
  content = "order_id,city,amount\n1,Berlin,12.50\n2,Paris,8.00\n3,Berlin,3.20\n"
}

resource "aws_glue_catalog_database" "shop" {
  name = "terraform_shop"
}

resource "aws_glue_catalog_table" "orders" {
  name          = "orders_by_hand"
  database_name = aws_glue_catalog_database.shop.name
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    classification           = "csv"
    "skip.header.line.count" = "1"
  }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.lake.bucket}/raw/orders/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info {
      serialization_library = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
      parameters = {
        "field.delim" = ","
      }
    }
    columns {
      name = "order_id"
      type = "bigint"
    }
    columns {
      name = "city"
      type = "string"
    }
    columns {
      name = "amount"
      type = "double"
    }
  }
}

resource "aws_glue_crawler" "orders" {
  name          = "terraform-orders"
  role          = "arn:aws:iam::000000000000:role/crawler"
  database_name = aws_glue_catalog_database.shop.name
  s3_target {
    path = "s3://${aws_s3_bucket.lake.bucket}/raw/"
  }
}

resource "aws_glue_job" "hello" {
  name         = "terraform-hello"
  role_arn     = "arn:aws:iam::000000000000:role/job"
  max_capacity = 0.0625
  command {
    name            = "pythonshell"
    python_version  = "3.9"
    script_location = "s3://${aws_s3_bucket.lake.bucket}/${aws_s3_object.script.key}"
  }
  default_arguments = {
    "--greeting" = "hello"
  }
}

resource "aws_s3_object" "script" {
  bucket  = aws_s3_bucket.lake.id
  key     = "scripts/hello.py"
  content = "import sys\nprint(sys.argv)\n"
}

resource "aws_athena_workgroup" "reports" {
  name          = "terraform-reports"
  force_destroy = true
  configuration {
    result_configuration {
      output_location = "s3://${aws_s3_bucket.lake.bucket}/results/"
    }
  }
}

resource "aws_athena_named_query" "by_city" {
  name      = "revenue-by-city"
  workgroup = aws_athena_workgroup.reports.id
  database  = aws_glue_catalog_database.shop.name
  query     = "SELECT city, sum(amount) AS revenue FROM orders_by_hand GROUP BY city ORDER BY city"
}

output "query_id" {
  value = aws_athena_named_query.by_city.id
}
