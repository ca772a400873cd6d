module hopline.test/schemas

go 1.21

require github.com/linkedin/goavro/v2 v2.13.1

require github.com/golang/snappy v0.0.1 // indirect
