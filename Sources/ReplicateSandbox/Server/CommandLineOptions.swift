// What the command line may say, read without touching the world.

struct CommandLineOptions: Equatable, Sendable {
    enum Request: Equatable, Sendable {
        case serve(CommandLineOptions)
        case help
        case version
        case operations
    }

    /// A sentence for the person who typed the command.
    struct Mistake: Error, Equatable, Sendable {
        let sentence: String
    }

    var host = "127.0.0.1"
    var port: UInt16 = 0
    var printsURL = false
    var endsWithStandardInput = false
    /// All delays of the models are divided by it.
    var speed = 1.0
    /// The secret by which links to files are signed; nil for one that nobody knows.
    var filesSecret: String?
    /// The length of the longest file that can be uploaded.
    var fileLimit = FileStore.usualLimit

    static let usage = """
        usage: replicate-sandbox [options]

        Serves the API of replicate.com on this machine, with no account and no network.
        Its models are small programs: none of them is a neural network.

          --port N               the port to listen on; 0, the default, takes a free one
          --host ADDRESS         a loopback address; 127.0.0.1 by default
          --print-url            print the base URL once it listens, and nothing else
          --until-stdin-closes   end when the standard input ends, so that a harness never leaves one behind
          --speed N              divide all delays of the models by N
          --files-secret TEXT    sign links to files, /v1/files/{id}/download, with the bytes of TEXT
          --file-limit MIB       take uploads of up to so many MiB, 1 to 4096, instead of the service's 100
          --operations           print the operations of the API that the library knows, and whether each is served
          --version, --help

        """

    static func parse(_ arguments: [String]) throws(Mistake) -> Request {
        var options = CommandLineOptions()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts.first ?? ""
            var inline = parts.count == 2 ? parts.last : nil
            func value() throws(Mistake) -> String {
                defer { inline = nil }
                guard let value = inline ?? rest.popFirst() else { throw Mistake(sentence: "\(name) needs a value.") }
                return value
            }
            switch name {
            case "--help", "-h": return .help
            case "--version": return .version
            case "--operations": return .operations
            case "--print-url": options.printsURL = true
            case "--until-stdin-closes": options.endsWithStandardInput = true
            case "--port": options.port = try port(value())
            case "--host": options.host = try host(value())
            case "--speed": options.speed = try speed(value())
            case "--file-limit": options.fileLimit = try fileLimit(value())
            case "--files-secret": options.filesSecret = try filesSecret(value())
            default: throw Mistake(sentence: "\(argument) is not an option of replicate-sandbox; try --help.")
            }
            if inline != nil { throw Mistake(sentence: "\(name) takes no value.") }
        }
        return .serve(options)
    }

    private static func port(_ text: String) throws(Mistake) -> UInt16 {
        guard let port = UInt16(text) else { throw Mistake(sentence: "--port takes a number from 0 to 65535.") }
        return port
    }

    /// Predictions here are anybody's who can reach the port, so it is never offered to the network.
    private static func host(_ text: String) throws(Mistake) -> String {
        if text == "localhost" { return "127.0.0.1" }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isLoopback = parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        guard isLoopback || text == "::1" else {
            throw Mistake(sentence: "--host takes a loopback address only: 127.0.0.1, ::1 or localhost.")
        }
        return text
    }

    private static func filesSecret(_ text: String) throws(Mistake) -> String {
        guard !text.isEmpty else { throw Mistake(sentence: "--files-secret takes a text that is not empty.") }
        return text
    }

    private static func fileLimit(_ text: String) throws(Mistake) -> Int {
        guard let limit = Int(text), (1...4096).contains(limit) else {
            throw Mistake(sentence: "--file-limit takes a number of MiB from 1 to 4096.")
        }
        return limit << 20
    }

    private static func speed(_ text: String) throws(Mistake) -> Double {
        guard let speed = Double(text), speed.isFinite, speed > 0 else {
            throw Mistake(sentence: "--speed takes a number above 0.")
        }
        return speed
    }
}
