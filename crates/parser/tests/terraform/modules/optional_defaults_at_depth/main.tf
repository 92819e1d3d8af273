variable "service" {
  type = object({
    name  = string
    ports = optional(list(object({ number = number, protocol = optional(string, "tcp") })), [{ number = 80 }])
    health = optional(object({
      path     = optional(string, "/")
      interval = optional(number)
      codes    = optional(set(number), [200])
    }), {})
    labels = optional(map(string))
  })
  default = { name = "api" }
}

variable "services" {
  type = map(object({
    ports  = optional(list(object({ number = number, protocol = optional(string, "tcp") })), [])
    health = optional(object({ path = optional(string, "/"), codes = optional(set(number), [200]) }))
  }))
  default = {
    web   = { ports = [{ number = "443" }, { number = 53, protocol = "udp" }], health = {} }
    batch = { health = null, ignored = true }
    api   = { health = { path = null, codes = ["404", 200, 200] } }
  }
}

output "service" { value = var.service }
output "services" { value = var.services }
output "path" { value = var.services["web"].health.path }
