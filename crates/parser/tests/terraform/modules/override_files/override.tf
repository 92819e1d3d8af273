variable "size" {
  default = "2"
}

resource "terraform_data" "this" {
  input = "override"
}

output "replaced" { value = "override" }
