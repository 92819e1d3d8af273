variable "value" { sensitive = true }
output "value" {
  value     = var.value
  sensitive = true
}
