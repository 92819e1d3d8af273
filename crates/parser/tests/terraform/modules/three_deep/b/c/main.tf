variable "name" {}
variable "tags" { type = map(string) }

resource "terraform_data" "leaf" {
  input            = "${var.name}/c"
  triggers_replace = var.tags
}

output "path" { value = terraform_data.leaf.input }
output "tags" { value = merge(var.tags, { path = path.module }) }
output "id" { value = terraform_data.leaf.id }
