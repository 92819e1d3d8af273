variable "buckets" {
  type = map(object({ versioned = optional(bool, true), tags = optional(map(string), {}) }))
  default = {
    logs = { versioned = false }
    data = { tags = { Level = 1 } }
  }
}

resource "terraform_data" "bucket" {
  for_each         = var.buckets
  input            = merge({ Name = each.key }, each.value.tags)
  triggers_replace = each.value.versioned
}

output "names" { value = keys(var.buckets) }
output "versioned" { value = [for name, bucket in var.buckets : name if bucket.versioned] }
output "inputs" { value = { for name, one in terraform_data.bucket : name => one.input } }
output "one" { value = terraform_data.bucket["data"].input.Level }
