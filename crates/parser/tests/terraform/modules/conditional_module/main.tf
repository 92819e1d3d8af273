variable "use_first" { default = false }

module "first" {
  source = "./child"
  count  = var.use_first ? 1 : 0
}

module "second" {
  source = "./child"
  count  = var.use_first ? 0 : 1
}

output "value" { value = var.use_first ? module.first[0].value : module.second[0].value }
output "coalesced" { value = coalesce(one(module.first[*].value), one(module.second[*].value)) }
output "concatenated" { value = concat(module.first[*].value, module.second[*].value)[0] }
