// replicate-sandbox: the command.

import FlyingSocks
import Glibc

@main
struct Sandbox {
    static let version = "0.1.0"

    static func main() async {
        EndOfService.catchSignals()
        do throws(CommandLineOptions.Mistake) {
            switch try CommandLineOptions.parse(Array(CommandLine.arguments.dropFirst())) {
            case .help: print(CommandLineOptions.usage, terminator: "")
            case .version: print("replicate-sandbox \(version)")
            case .operations: print(OperationList.text, terminator: "")
            case .serve(let options): await serve(options)
            }
        } catch {
            complain(error.sentence)
            exit(2)
        }
    }

    private static func serve(_ options: CommandLineOptions) async {
        raiseFileLimit()
        do {
            try await SandboxServer(options: options).run()
        } catch SocketError.failed(_, _, let message) {
            complain("cannot serve on \(options.host), port \(options.port): \(message)")
            exit(1)
        } catch {
            complain("cannot serve on \(options.host), port \(options.port): \(error)")
            exit(1)
        }
    }

    /// Each connection is a file, and the limit that shells set is low.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static func complain(_ sentence: String) {
        let line = Array("replicate-sandbox: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
