// The hardware that models and deployments may ask for. All of it is this machine.

struct Hardware: Sendable {
    let sku: String
    let name: String

    static let all = [
        Hardware(sku: "cpu", name: "CPU"),
        Hardware(sku: "gpu-t4", name: "Nvidia T4 GPU"),
        Hardware(sku: "gpu-a40-small", name: "Nvidia A40 GPU"),
        Hardware(sku: "gpu-a40-large", name: "Nvidia A40 (Large) GPU"),
    ]

    static var skus: [String] { all.map(\.sku) }

    static var json: [UInt8] {
        var list = JSONArray()
        for hardware in all {
            var object = JSONObject()
            object.add("name", hardware.name)
            object.add("sku", hardware.sku)
            list.add(raw: object.text)
        }
        return list.text
    }
}
