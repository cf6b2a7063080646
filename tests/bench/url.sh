# Waits for the relay and gives its address with its certificate.
url() {
    while [ ! -s "$1/ready.json" ]; do sleep 0.1; done
    python3 -c 'import json, sys; ready = json.load(open(sys.argv[1])); print(ready["control"] + "#sha256=" + ready["certificate_sha256"])' "$1/ready.json"
}
