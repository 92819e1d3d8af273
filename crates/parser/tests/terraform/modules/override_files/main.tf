variable "size" {
  type    = number
  default = 1
}

variable "kept" { default = "main" }

locals {
  replaced = "main"
  kept     = "main"
}

resource "terraform_data" "this" {
  input            = "main"
  triggers_replace = "main"
}

output "size" { value = var.size }
output "locals" { value = [local.replaced, local.kept, var.kept] }
output "replaced" { value = "main" }
