output "digests" {
  value = {
    md5           = filemd5("${path.module}/text.txt")
    sha1          = filesha1("${path.module}/text.txt")
    sha256        = filesha256("${path.module}/text.txt")
    sha512        = filesha512("${path.module}/text.txt")
    base64_sha256 = filebase64sha256("${path.module}/text.txt")
    base64_sha512 = filebase64sha512("${path.module}/text.txt")
    base64        = filebase64("${path.module}/text.txt")
    exists        = fileexists("${path.module}/text.txt")
  }
}
