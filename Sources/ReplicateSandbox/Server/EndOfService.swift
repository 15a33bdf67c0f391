// How the server learns that it shall end: a signal, or the end of its standard input. A handler only leaves a note,
// which is looked at on each heartbeat together with the input: no thread blocks for either.

import Glibc
import Synchronization

private let signalCame = Atomic(false)

struct EndOfService: Sendable {
    let watchesStandardInput: Bool

    static func catchSignals() {
        signalCame.store(false, ordering: .relaxed)  // Makes it exist: a handler must not be the first to ask for it.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGTERM) { _ in signalCame.store(true, ordering: .relaxed) }
        signal(SIGINT) { _ in signalCame.store(true, ordering: .relaxed) }
    }

    var isDue: Bool {
        signalCame.load(ordering: .relaxed) || watchesStandardInput && Self.standardInputEnded()
    }

    private static func standardInputEnded() -> Bool {
        var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 0) > 0 else { return false }
        guard entry.revents & Int16(POLLNVAL | POLLERR) == 0 else { return true }
        var bytes = [UInt8](repeating: 0, count: 4096)
        return read(STDIN_FILENO, &bytes, bytes.count) <= 0
    }
}
