locals {
  last  = "${local.middle}!"
  first = "a"
}

output "last" { value = local.last }
output "object" { value = local.object }
