variable "bucket" { default = "logs" }
variable "principals" { default = ["111111111111", "222222222222"] }

locals {
  policy = {
    Version = "2012-10-17"
    Statement = concat(
      [{ Sid = "Read", Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::${var.bucket}/*" }],
      [for one in var.principals : { Effect = "Allow", Principal = { AWS = "arn:aws:iam::${one}:root" }, Action = "s3:*", Resource = "*" }],
    )
  }
}

resource "terraform_data" "policy" {
  input = jsonencode(local.policy)
}

resource "terraform_data" "heredoc" {
  input = <<-EOT
    {"Statement": [{"Effect": "Deny", "Resource": "arn:aws:s3:::${var.bucket}"}]}
  EOT
}

output "actions" { value = flatten([for one in local.policy.Statement : one.Action]) }
output "decoded" { value = jsondecode(terraform_data.policy.input).Statement[0].Sid }
