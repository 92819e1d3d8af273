variable "regions" {
  type    = map(object({ zones = list(string), services = optional(map(number), { web = 1 }) }))
  default = {
    eu = { zones = ["a", "b"] }
    us = { zones = ["c"], services = { web = 2, api = 3 } }
  }
}

module "region" {
  source   = "./region"
  for_each = var.regions
  name     = each.key
  region   = each.value
}

output "addresses" { value = { for name, one in module.region : name => one.addresses } }
output "totals" { value = { for name, one in module.region : name => sum(values(one.counts)) } }
output "first" { value = module.region["us"].services["api"].count }
