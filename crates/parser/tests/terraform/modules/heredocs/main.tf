locals {
  name = "web"
  plain = <<EOT
one
  two ${local.name}
EOT
  indented = <<-EOT
    one
      two ${local.name}
    three
  EOT
  directives = <<-EOT
    %{ for x in ["a", "b"] ~}
    item ${x}
    %{ endfor ~}
    %{ if local.name == "web" }yes%{ else }no%{ endif }
    end
  EOT
  json = <<-JSON
    {"a": ["${local.name}", "$${literal}", 1], "b": {"c": "\\n"}}
  JSON
}

output "plain" { value = local.plain }
output "indented" { value = local.indented }
output "directives" { value = local.directives }
output "json" { value = jsondecode(local.json) }
output "call" {
  value = upper(<<-EOT
    inside a call
  EOT
  )
}
output "blank" {
  value = <<-EOT

    a

      b
  EOT
}
