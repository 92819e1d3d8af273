variable "env" { default = "prod" }

locals {
  sizes = { dev = 1, prod = 5 }
  name  = "key"
}

output "by_variable" { value = local.sizes[var.env] }
output "by_template" { value = local.sizes["${var.env}"] }
output "keys" { value = { (local.name) = 1, "${local.name}-2" = 2, local = 3, "quoted key" = 4, (upper("x")) = 5, 6 = "six" } }
output "nested" { value = { a = { (var.env) = local.sizes } }.a[var.env].dev }
output "merged" { value = merge([for name in ["a", "b"] : { "${name}-${var.env}" = name }]...) }
output "expanded" { value = max([1, 5, 3]...) }
output "zipped" { value = zipmap(["a", "b"], [local.sizes.dev, local.sizes.prod])["b"] }
