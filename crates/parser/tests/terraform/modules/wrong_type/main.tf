variable "ports" {
  type    = list(number)
  default = ["http"]
}

output "ports" { value = var.ports }
