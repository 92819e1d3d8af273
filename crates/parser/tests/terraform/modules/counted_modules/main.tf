module "on" {
  source = "./child"
  count  = 2
  name   = "on-${count.index}"
}

module "off" {
  source = "./child"
  count  = 0
  name   = "off"
}

output "names" { value = module.on[*].name }
output "first" { value = module.on[0].name }
output "off" { value = module.off[*].name }
output "one" { value = one(module.off[*].name) }
output "tried" { value = try(module.off[0].name, null) }
output "count" { value = length(module.on) + length(module.off) }
output "in_loop" { value = [for index, one in module.on : "${index}:${one.name}"] }
