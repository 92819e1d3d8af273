variable "security_groups" {
  default = {
    web = {
      ingress = [
        { from = 80, to = 80, cidrs = ["0.0.0.0/0"] },
        { from = 443, to = 443, cidrs = ["0.0.0.0/0", "::/0"] },
      ]
    }
    db = { ingress = [] }
  }
}

locals {
  rules = merge([
    for group, settings in var.security_groups : {
      for index, rule in settings.ingress : "${group}-${index}" => merge(rule, { group = group })
    }
  ]...)
}

resource "terraform_data" "rule" {
  for_each         = local.rules
  input            = { for name, value in each.value : name => value if name != "cidrs" }
  triggers_replace = [for cidr in each.value.cidrs : cidr if !strcontains(cidr, ":")]
}

output "rules" { value = local.rules }
output "open" { value = anytrue([for rule in values(local.rules) : contains(rule.cidrs, "0.0.0.0/0")]) }
