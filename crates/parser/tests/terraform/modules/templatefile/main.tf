locals {
  script = templatefile("${path.module}/script.sh.tftpl", {
    name  = "web"
    ports = [80, 443]
    env   = { B = "2", A = "1" }
    debug = false
    id    = "i"
  })
}

output "script" { value = local.script }
output "lines" { value = length(split("\n", local.script)) }
output "json" { value = jsondecode(templatefile("${path.module}/policy.json.tftpl", { arns = ["a", "b"] })) }
output "unknown" { value = templatefile("${path.module}/policy.json.tftpl", { arns = [terraform_data.new.id] }) }
output "functions" { value = templatefile("${path.module}/functions.tftpl", { x = ["b", "a"] }) }

resource "terraform_data" "new" {}
