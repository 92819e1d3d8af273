variable "hosts" { default = ["a", "b"] }
variable "debug" { default = true }

output "for" { value = "%{ for h in var.hosts }${h},%{ endfor }" }
output "trim" { value = "%{ for i, h in var.hosts ~} ${i}:${h} %{~ endfor }" }
output "if" { value = "x%{ if var.debug } debug%{ else } release%{ endif }" }
output "only" { value = "${var.hosts}" }
output "number" { value = "${1 + 1}" }
output "two" { value = "${1}${2}" }
output "nested" { value = "a-${"b-${upper("c-${var.hosts[0]}")}"}" }
output "escapes" { value = "$${x} %%{y} \"q\" \\ \u00e9 $ % $x" }
output "bool" { value = "${true}-${null == null}" }
output "nested_directives" { value = "%{ for h in var.hosts }%{ if h == "a" }[${h}]%{ else }(${h})%{ endif }%{ endfor }" }
