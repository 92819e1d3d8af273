variable "name" {}
variable "region" {}

module "service" {
  source   = "./service"
  for_each = var.region.services
  name     = "${var.name}-${each.key}"
  count_of = each.value
  zones    = var.region.zones
}

output "services" { value = module.service }
output "counts" { value = { for name, one in module.service : name => one.count } }
output "addresses" { value = flatten(values(module.service)[*].placed) }
