// Sends the files of an input before its prediction is created. Several go at once; a failure of one ends the others.

import Synchronization

extension Client {
    /// The input with a URL where each of its files was. Throws before anything is created.
    func sendFiles(
        of input: PredictionInput, _ options: Options, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant?,
        onUpload: Observer? = nil
    ) async throws(ReplicateError) -> PredictionInput {
        let files = input.attachments.map(\.file)
        guard !files.isEmpty else { return input }
        do throws(ReplicateError) {
            let places =
                switch patience.encoding {
                case .upload: try await upload(files, options, patience, by: deadline, onUpload)
                case .dataURI: try inlined(files)
                }
            let whole = try input.replacingFiles(by: places)
            // What is created with no time left for an answer runs, is billed, and nobody knows it.
            if let deadline {
                let least = HTTPRequest.Limits.leastTimeToMake(of: patience.total ?? Configuration.defaultRequestTime)
                guard deadline - (await network.now()) > least else {
                    throw ReplicateError.expired(patience.total, "before all files were sent, and nothing was created")
                }
            }
            return whole
        } catch {
            var error = error
            error.delivery = .notSent
            throw error
        }
    }

    private func inlined(_ files: [UploadFile]) throws(ReplicateError) -> [String] {
        var allowance = InlineAllowance()
        var texts: [String] = []
        for file in files {
            let reader = try file.opened()
            guard allowance.takes(reader.size) else {
                throw ReplicateError(
                    .invalidInput,
                    "the files have more than \(InlineAllowance.largestTotal) bytes, which is the most that data URIs may have in all; the file_encoding_strategy upload takes more"
                )
            }
            texts.append(try file.dataURI(reader))
        }
        return texts
    }

    /// How many are uploaded at the same time.
    private static let uploadsAtOnce = 8

    private func upload(
        _ files: [UploadFile], _ options: Options, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant?,
        _ onUpload: Observer?
    ) async throws(ReplicateError) -> [String] {
        for file in files { try file.check(patience) }
        let progress = UploadProgress(files, onUpload)
        let start = await network.now()
        // Bytes take what they take: the idle timeout ends what stands still.
        let end = deadline ?? start + Configuration.transferTime
        var urls = files.map { _ in "" }
        var allowance = InlineAllowance()
        var failure: ReplicateError?
        await withTaskGroup(of: (index: Int, result: Result<String, ReplicateError>).self) { group in
            var next = 0
            func begin() {
                guard next < files.count, failure == nil else { return }
                let (index, file) = (next, files[next])
                next += 1
                group.addTask { (index, await uploaded(file, options, patience, by: end, progress.observer(index))) }
            }
            for _ in 0..<Self.uploadsAtOnce { begin() }
            while let (index, result) = await group.next() {
                // What ended because another had failed says nothing new.
                guard failure == nil else { continue }
                do throws(ReplicateError) {
                    urls[index] = try await settle(result, files[index], &allowance, by: end)
                    progress.complete(index)
                    begin()
                } catch {
                    failure = error
                    group.cancelAll()
                }
            }
        }
        if let failure { throw failure }
        return urls
    }

    private func uploaded(
        _ file: UploadFile, _ options: Options, _ patience: Configuration.Patience, by deadline: ContinuousClock.Instant,
        _ onSent: FormPart.Observer?
    ) async -> Result<String, ReplicateError> {
        do throws(ReplicateError) {
            let record = try await upload(file, metadata: nil, options, patience, by: deadline, onSent)
            if let url = record["urls"]?["get"]?.string, !url.isEmpty { return .success(url) }
            return .failure(ReplicateError(.protocol, "the record of the uploaded \(file.name) has no URL in urls.get"))
        } catch {
            return .failure(error)
        }
    }

    /// The URL of a file that was uploaded, or the file itself in place of it.
    private func settle(
        _ result: Result<String, ReplicateError>, _ file: UploadFile, _ allowance: inout InlineAllowance,
        by deadline: ContinuousClock.Instant
    ) async throws(ReplicateError) -> String {
        switch result {
        case .success(let url): return url
        case .failure(let error):
            if error.kind == .canceled { throw error }
            // libcurl's clock and ours need not agree on the last millisecond.
            if error.kind == .timeout, await network.now() + .milliseconds(100) >= deadline { throw error }
            let reader = try file.opened()
            if let refusal = allowance.refusal(of: file.name, reader.size, after: error) { throw refusal }
            return try file.dataURI(reader)
        }
    }
}

/// How many bytes of all files together are on their way. Told by the network's thread alone.
final class UploadProgress: Sendable {
    private final class Share: Sendable {
        let size: Int64
        let sent = Atomic<Int64>(0)
        init(_ size: Int64) { self.size = size }
    }

    private let shares: [Share]
    private let total: Int64
    private let tell: Client.Observer?

    init(_ files: [UploadFile], _ tell: Client.Observer?) {
        shares = files.map { Share($0.currentSize) }
        total = Self.sum(shares.map(\.size))
        self.tell = tell
    }

    /// Sparse files can have more bytes than there are numbers.
    static func sum(_ sizes: [Int64]) -> Int64 {
        sizes.reduce(0) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(size)
            return overflow ? .max : next
        }
    }

    func observer(_ index: Int) -> FormPart.Observer? {
        guard tell != nil, shares.indices.contains(index) else { return nil }
        return { [self] sent in
            // A file can have grown since it was looked at.
            shares[index].sent.store(min(sent, shares[index].size), ordering: .relaxed)
            told()
        }
    }

    func complete(_ index: Int) {
        guard let share = shares.indices.contains(index) ? shares[index] : nil,
            share.sent.exchange(share.size, ordering: .relaxed) != share.size
        else { return }
        told()
    }

    private func told() {
        let sent = Self.sum(shares.map { $0.sent.load(ordering: .relaxed) })
        if let json = try? JSON(validating: "{\"sent\":\(sent),\"total\":\(total)}") { tell?(json) }
    }
}
