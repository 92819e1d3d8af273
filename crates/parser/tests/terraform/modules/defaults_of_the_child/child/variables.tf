variable "tags" {
  type    = map(string)
  default = { Name = "default" }
}

variable "list" {
  type    = list(number)
  default = [1]
}

variable "flag" {
  type    = bool
  default = true
}
