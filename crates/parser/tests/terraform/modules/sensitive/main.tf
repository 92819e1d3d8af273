variable "password" {
  type      = string
  sensitive = true
  default   = "secret"
}

module "child" {
  source = "./child"
  value  = "user:${var.password}"
}

resource "terraform_data" "user" {
  input = { password = var.password, length = length(var.password) }
}

output "joined" {
  sensitive = true
  value     = module.child.value
}

output "open" { value = nonsensitive(upper(var.password)) }
output "marked" {
  sensitive = true
  value     = [for c in ["a", sensitive("b")] : "${c}!"]
}
