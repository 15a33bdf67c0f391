// A file that a program has open, kept open by a descriptor of our own.

import Glibc

final class OpenFile: Sendable {
    let descriptor: Int32

    /// Throws for what cannot be read from beginning to end: a pipe, a terminal, one that is open for writing alone.
    init(duplicating given: Int32) throws(ReplicateError) {
        func refused(_ why: String) -> ReplicateError {
            ReplicateError(.invalidInput, "the open file (descriptor \(given)) \(why)")
        }
        let mode = fcntl(given, F_GETFL)
        guard mode >= 0 else { throw refused("cannot be read: \(String(cString: strerror(errno)))") }
        // One of a path alone (O_PATH) has nothing to read, whatever its mode says.
        guard mode & O_ACCMODE != O_WRONLY, mode & Self.pathAlone == 0 else { throw refused("is not open for reading") }
        descriptor = fcntl(given, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { throw refused("cannot be kept open: \(String(cString: strerror(errno)))") }
    }

    private static let pathAlone: Int32 = 0o10000000

    deinit { close(descriptor) }

    /// The last part of the path that it was opened by, where the system still knows it.
    var name: String? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(descriptor)", &path, path.count)
        guard count > 0,
            let text = String(validating: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self),
            text.utf8.first == UInt8(ascii: "/"), !text.hasSuffix(" (deleted)")
        else { return nil }
        return FileName.of(path: text)
    }
}
