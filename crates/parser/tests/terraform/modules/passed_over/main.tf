variable "region" {
  default = "eu-west-1"

  validation {
    condition     = can(regex("^[a-z]+-", var.region))
    error_message = "no region"
  }
}

resource "terraform_data" "new" {
  input = var.region

  lifecycle {
    ignore_changes        = [input]
    create_before_destroy = true

    precondition {
      condition     = var.region != ""
      error_message = "no region"
    }
  }

  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id}"
  }
}

moved {
  from = terraform_data.old
  to   = terraform_data.new
}

removed {
  from = terraform_data.gone

  lifecycle {
    destroy = false
  }
}

check "region" {
  assert {
    condition     = var.region != "x"
    error_message = "x"
  }
}

output "region" {
  value       = terraform_data.new.input
  description = "d"
  depends_on  = [terraform_data.new]

  precondition {
    condition     = var.region != ""
    error_message = "no region"
  }
}
