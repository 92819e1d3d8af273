locals {
  config = yamldecode(file("${path.module}/config.yaml"))
}

output "config" { value = local.config }
output "hosts" { value = { for host in local.config.hosts : host.name => lookup(host, "port", 80) } }
output "json" { value = jsonencode(local.config.hosts) }
output "round" { value = jsondecode(jsonencode({ a = toset(["z", "y"]), b = null })) }
output "yaml" { value = yamlencode({ b = [1, { c = true }], a = "x: y" }) }
output "csv" { value = { for row in csvdecode(file("${path.module}/rows.csv")) : row.name => tonumber(row.size) } }
output "base64" { value = base64decode(base64encode(jsonencode({ a = "<&>" }))) }

resource "terraform_data" "host" {
  for_each = { for host in local.config.hosts : host.name => host }
  input    = try(each.value.port, "default")
}
