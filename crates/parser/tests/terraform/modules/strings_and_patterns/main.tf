variable "arn" { default = "arn:aws:iam::123456789012:role/path/name" }

locals {
  parts = split(":", var.arn)
  match = regex("^arn:(?P<partition>[^:]+):(?P<service>[^:]+):.*?:(?P<account>\\d+):", var.arn)
}

output "account" { value = local.parts[4] }
output "match" { value = local.match }
output "name" { value = element(split("/", var.arn), length(split("/", var.arn)) - 1) }
output "replaced" { value = replace(var.arn, "/[0-9]{12}/", "*") }
output "all" { value = regexall("[a-z]+", "ab-cd 12 ef") }
output "trimmed" { value = [trim("--x--", "-"), trimprefix("pre-x", "pre-"), title("hello world"), substr("hello", 1, 3), indent(2, "a\nb")] }
output "formatted" { value = formatlist("%s-%d", ["a", "b"], [1, 2]) }
output "joined" { value = join(", ", sort(["b", "a"])) }
