locals {
  teams = {
    red  = { size = 2, members = ["ann", "bob"] }
    blue = { size = 1, members = ["cy"] }
  }
}

module "team" {
  source   = "./team"
  for_each = local.teams
  name     = each.key
  team     = each.value
}

module "by_set" {
  source   = "./team"
  for_each = toset(["x"])
  name     = each.value
  team     = { size = 0, members = [] }
}

output "sizes" { value = { for name, one in module.team : name => one.size } }
output "members" { value = flatten([for one in module.team : one.members]) }
output "red" { value = module.team["red"].members[1] }
output "values" { value = values(module.team)[*].size }
output "by_set" { value = module.by_set["x"].members }
