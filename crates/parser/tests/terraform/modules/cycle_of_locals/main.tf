locals {
  a = local.b
  b = local.a
  c = "fine"
}

output "a" { value = local.a }
output "c" { value = local.c }
