// A file on its way to disk: written beside its target under a name of its own, and moved there when it is whole. Until then
// nothing stands under the target's name that did not stand there before.

import CSystem
import Glibc

final class FileSink: ByteSink {
    private let path: String
    /// Held open, so that it stays the same one though the program or somebody else moves about.
    private let folder: Int32
    private var name: String
    private let temporary: String
    private var descriptor: Int32

    init(path: String) throws(ReplicateError) {
        func refused(_ why: String) -> ReplicateError {
            ReplicateError(.invalidInput, "\(ForeignText.cleaned(path)) \(why)")
        }
        func unwritable() -> ReplicateError {
            let code = errno
            // The path may be right, and the machine has no more of something.
            let isLack = [EMFILE, ENFILE, ENOSPC, EDQUOT, ENOMEM, EIO].contains(code)
            return ReplicateError(
                isLack ? .internal : .invalidInput,
                "\(ForeignText.cleaned(path)) cannot be written: \(String(cString: strerror(code)))")
        }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        guard !name.isEmpty, !path.utf8.contains(0) else { throw refused("does not name a file") }
        let folder = csystem_open_folder(slash.map { String(path[...$0]) } ?? ".")
        guard folder >= 0 else { throw unwritable() }
        do throws(ReplicateError) {
            if let why = Self.obstacle(at: name, in: folder) { throw refused(why) }
            var opened: Int32 = -1
            var temporary = ""
            // Two names alike are one chance in 2^64; the loop is for those who left a file behind.
            for _ in 0..<8 where opened < 0 {
                temporary = ".replicate-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).part"
                opened = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
                if opened < 0, errno != EEXIST { break }
            }
            guard opened >= 0 else { throw unwritable() }
            (self.path, self.folder, self.name, self.temporary, descriptor) = (path, folder, name, temporary, opened)
        } catch {
            close(folder)
            throw error
        }
    }

    deinit {
        discard()
        close(folder)
    }

    /// Why there can be no file of this name; nil where there can.
    private static func obstacle(at name: String, in folder: Int32) -> String? {
        var status = stat()
        guard fstatat(folder, name, &status, 0) == 0 else {
            return errno == ENOENT ? nil : "cannot be written: \(String(cString: strerror(errno)))"
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return nil
        case S_IFDIR: return "is a folder"
        // A device would be replaced by the file.
        default: return "is not a file that can be replaced"
        }
    }

    /// Another name in the same folder, as what came turned out to be.
    func rename(to name: String) throws(ReplicateError) {
        if let why = Self.obstacle(at: name, in: folder) {
            throw ReplicateError(.invalidInput, "\(ForeignText.cleaned(name)) \(why)")
        }
        self.name = name
    }

    func write(_ bytes: [UInt8]) throws(ReplicateError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("written")
            }
            written += count
        }
    }

    /// Back to the beginning, for a server that cannot go on in the middle.
    func restart() throws(ReplicateError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("written") }
    }

    /// Puts the whole file in its place, with the rights that a new file has, or that the one before it had.
    func commit() throws(ReplicateError) {
        var before = stat()
        let rights = fstatat(folder, name, &before, 0) == 0 ? before.st_mode & 0o777 : 0o666 & ~Self.mask
        guard fchmod(descriptor, rights) == 0, fsync(descriptor) == 0 else { throw failure("written") }
        let closed = close(descriptor)
        descriptor = -1
        guard closed == 0, renameat(folder, temporary, folder, name) == 0 else {
            let error = failure("put in its place")
            unlinkat(folder, temporary, 0)
            throw error
        }
    }

    /// Leaves nothing behind. No-op after `commit`.
    func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlinkat(folder, temporary, 0)
    }

    private func failure(_ what: String) -> ReplicateError {
        ReplicateError(.internal, "\(ForeignText.cleaned(path)) could not be \(what): \(String(cString: strerror(errno)))")
    }

    /// The process's umask, from where it can be read without setting it for every thread.
    private static var mask: mode_t {
        guard let status = fopen("/proc/self/status", "re") else { return 0o077 }
        defer { fclose(status) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), status) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix("Umask:"), let mask = mode_t(text.dropFirst(6).filter { $0.isNumber }, radix: 8) { return mask }
        }
        return 0o077
    }
}
