// What the tests build everywhere: options, clients on a scripted network, snapshots of predictions, places to write
// down what happened.

import Synchronization

@testable import Replicate

extension Options {
    init(_ values: KeyValuePairs<String, String?>) throws {
        self.init()
        for (name, value) in values { try set(name, value) }
    }
}

extension Client {
    /// Tests/run looks for it in all that tests print.
    static let testToken = "r8_CANARYq7Zk2VxW9mT4sB6nLhYdR"

    init(_ network: any Network, _ options: KeyValuePairs<String, String?> = [:]) throws {
        let configuration = try Configuration(options: Options(options)) {
            $0 == "REPLICATE_API_TOKEN" ? Self.testToken : nil
        }
        self.init(configuration: configuration, network: network)
    }
}

extension HTTPRequest {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    var bodyText: String? { body.map { String(decoding: $0, as: UTF8.self) } }
}

extension JSON {
    /// As it was sent.
    var rawText: String { String(decoding: bytes, as: UTF8.self) }
}

/// A prediction as the service sends it; `more` is further members, with a comma before them.
func prediction(_ status: String, _ more: String = "") -> String {
    "{\"id\":\"p1\",\"status\":\"\(status)\"\(more)}"
}

func promptInput() throws -> PredictionInput { try PredictionInput(JSON(validating: "{\"prompt\":\"a fox\"}")) }

/// What several tasks write down, in the order they did.
final class Recorder<Value: Sendable>: Sendable {
    private let list = Mutex<[Value]>([])

    func add(_ value: Value) { list.withLock { $0.append(value) } }
    var values: [Value] { list.withLock { $0 } }
}

/// Numbers that look random and are the same in every run (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
