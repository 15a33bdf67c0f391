---@meta replicate
-- Types for editors (LuaCATS, as lua-language-server reads them). Nothing requires this file.
error("replicate/types.lua is for editors; it cannot be required")

-- For Lua 5.1 to 5.4 and LuaJIT. Where Lua has no integers (before 5.3, and in LuaJIT), an integer beyond 2^53 in an answer is the
-- string of its digits, whatever its type is said to be here; LuaJIT's 64-bit integers of the FFI (1LL, 1ULL) may be sent.

--- What a call at run time gives after nil. `tostring` is one readable line.
---@class replicate.Error
---@field kind "auth"|"billing"|"not_found"|"invalid_input"|"rate_limited"|"model_failed"|"content_filtered"|"capacity"|"canceled"|"timeout"|"network"|"truncated"|"protocol"|"internal"
---@field message string One sentence, without the token, with at most 300 characters of the server's.
---@field status? integer The HTTP status, where an answer was read.
---@field title? string
---@field detail? string
---@field invalid_fields? { type: string, field: string, description: string }[] What a 422 says, field by field.
---@field retry_after? number Seconds that the server asked to wait.
---@field rate_limit? { remaining?: integer, reset?: number } What its headers said: requests left, seconds until it counts anew.
---@field code? string The service's code in a failed prediction's error, such as "E1001".
---@field retryable boolean The same call may succeed later, unchanged.
---@field delivery? "not_sent"|"rejected"|"maybe_sent" What became of a create: only `maybe_sent` may have been billed.
---@field attempts integer How many HTTP requests were made.
---@field tries? table[] Those requests, the last 20: { error=, status=, message=, seconds=, wait= } each; `wait` where another followed.
---@field prediction? replicate.Prediction As last seen, so that a paid run is not lost with a failed wait (or the training); of a create whose answer was cut behind its id, the id alone.

--- A plain table with the server's own field names, and methods; fields that are not listed here are there as well.
---@class replicate.Prediction : replicate.Job
---@field id string
---@field model string
---@field version string
---@field status "starting"|"processing"|"succeeded"|"failed"|"canceled"|"aborted"|string
---@field input table
---@field output any nil until there is one.
---@field error? string
---@field logs? string
---@field metrics? { predict_time?: number, total_time?: number }
---@field created_at string
---@field started_at? string
---@field completed_at? string
---@field urls { get: string, cancel: string, web?: string, stream?: string }

---@class replicate.Training : replicate.Job
---@field id string
---@field model string
---@field version string
---@field status "starting"|"processing"|"succeeded"|"failed"|"canceled"|"aborted"|string
---@field input table
---@field output? { version: string, weights?: string } `version` is owner/name:id of what was made.
---@field error? string
---@field logs? string
---@field metrics? { predict_time?: number, total_time?: number }
---@field created_at string
---@field started_at? string
---@field completed_at? string
---@field urls { get: string, cancel: string, web?: string }

--- What predictions and trainings can do; with a function as the last argument, without waiting.
---@class replicate.Job
local Job = {}

--- Waits for its end, and takes the new state over; so do reload and cancel. Its failure is an error, whose `prediction` is
--- itself.
---@param options? replicate.WaitOptions
---@return self?, replicate.Error?
---@overload fun(self, callback: fun(job?: replicate.Job, err?: replicate.Error)): replicate.Request
function Job:wait(options) end

---@param options? replicate.CallOptions
---@return self?, replicate.Error?
function Job:reload(options) end

---@param options? replicate.CallOptions
---@return self?, replicate.Error?
function Job:cancel(options) end

--- The last progress bar (tqdm's) in its logs; `percentage` is from 0 to 1. nil where there is none.
---@return { percentage: number, current: integer, total: integer }?
function Job:progress() end

--- The JSON text that the server sent.
---@return string
function Job:json() end

--- One event of a stream. `tostring` is its data. Its texts are UTF-8: of what the server sends that is not, each broken sequence
--- is one U+FFFD.
---@class replicate.Event
---@field event "output"|"logs"|"error"|"done"|"message"|string "message" where the server names none.
---@field data string
---@field id? string

--- What `stream` gives: for a `for` loop, which ends it when it ends (in Lua 5.4 also by `break` at once, else when it is collected).
--- A loop raises what goes wrong. A stream that is not read holds the server back, not the program.
---@class replicate.Stream
---@field prediction? replicate.Prediction As created; after the end as it is then, with its status and metrics.
---@overload fun(): replicate.Event?
local Stream = {}

--- The next event, waiting for it; nil at the end; nil and an error where a loop would raise it.
---@return replicate.Event?, replicate.Error?
function Stream:next() end

--- For `for text in stream:text() do`: the data of the output events alone.
---@return fun(): string?
function Stream:text() end

--- Ends the transfer; with the option `cancel` the prediction too. No-op once it has ended.
function Stream:close() end

--- What predictions can do beside that.
---@class replicate.Prediction
local Prediction = {}

--- Its events from the beginning, for a `for` loop. With a callback: called for each event, and at the end with nil, the error or
--- nil, and the prediction.
---@param options? replicate.StreamCallOptions
---@return replicate.Stream
---@overload fun(self, callback: fun(event?: replicate.Event, err?: replicate.Error, prediction?: replicate.Prediction)): replicate.Request
function Prediction:stream(options) end

--- Its output, with a replicate.FileOutput in the place of each file, at any depth. `output` keeps the server's strings.
---@return any
function Prediction:files() end

--- Calls a function, inside `poll` and calls that wait, when the prediction starts; for each piece of its output or its logs;
--- and when it is over (or cannot be followed: then with an error). It is followed by its stream, or else by polling, once for all
--- functions. Each piece is told once, from the first on, to the functions that are there. Returns the prediction.
---@param event "start"|"output"|"logs"|"completed"
---@param fn fun(prediction: replicate.Prediction, err?: replicate.Error)|fun(text: string, prediction: replicate.Prediction)
---@return replicate.Prediction?, replicate.Error?
function Prediction:on(event, fn) end

--- Takes functions back: one, those of an event, or all. Without any left the prediction is no longer followed; it goes on.
---@param event? "start"|"output"|"logs"|"completed"
---@param fn? function
---@return replicate.Prediction
function Prediction:off(event, fn) end

--- What an observer is told of one HTTP request, without the token.
---@class replicate.Exchange
---@field method string
---@field url string
---@field attempt integer From 1 on, within one call.
---@field status? integer Of a response.
---@field error? string Of a response: the kind, where there was no answer; of a retry: of the attempt that failed.
---@field seconds? number Of a response, or retry: since the request.
---@field message? string Of a retry: why the attempt failed.
---@field wait? number Of a retry: the seconds until the next attempt.

---@class replicate.PredictionPage
---@field next? string For `list { page = … }`.
---@field previous? string
---@field results replicate.Prediction[] The newest first.

--- How patient a call is, in seconds; and headers.
---@class replicate.CallOptions
---@field headers? table<string, string> With the call's requests to the API; of a client: with each request.
---@field connect_timeout? number (default: 10)
---@field idle_timeout? number No byte in either direction for so long (default: 60)
---@field timeout? number The whole call, with retries and polls (default: 60 for one operation; none for run and wait); nothing is created in its last 0.1 s
---@field max_retries? integer 0 to 100 (default: 2)
---@field retry_delay? number The most that is waited before the first retry; twice that before the second, and so on, up to 16 times; at random (default: 0.5)
---@field max_retry_wait? number A server that asks for a longer wait is not waited for: its answer is the error; of a stream too (default: 60)
---@field poll_interval? number The least time between two looks at a running prediction (default: 0.5)
---@field max_response_bytes? integer Of an answer in JSON or text, unpacked (default: 64 MiB)
---@field max_header_bytes? integer Of an answer's headers (default: 256 KiB)
---@field max_error_bytes? integer Of an error's answer so much is read, and the rest left (default: 64 KiB)
---@field max_event_bytes? integer Of one event of a stream (default: 16 MiB)
---@field max_json_depth? integer 1 to 512, of the arrays and objects inside each other in an answer (default: 512)
---@field max_redirects? integer 0 to 50, of a file's download (default: 10)
---@field private_addresses? "allow"|"refuse" Whether files and streams that are not on the API's own origin may be on this machine or in a private network (default: "allow")

---@class replicate.ClientOptions : replicate.CallOptions
---@field auth? string|false The API token (default: the environment's REPLICATE_API_TOKEN); false: none, on purpose.
---@field base_url? string https, or http on this machine; an IPv6 address has no zone in it (default: REPLICATE_BASE_URL, else https://api.replicate.com/v1)
---@field env_file? string A file of NAME=value lines, such as ".env", for the variables of REPLICATE_… and SSL_CERT_… that the environment does not have.
---@field user_agent? string
---@field connections_per_host? integer 1 to 4096; as many requests are under way at once, the others wait (default: 64). Over HTTP/2 eight times as many, which share connections; those that begin before a client's first one is there have one each.
---@field max_upload_bytes? integer (default: 100 MiB)
---@field file_encoding_strategy? "upload"|"data-uri" How the files of an input reach the model: uploaded before it (the default), or inside of the request, at most 10 MB in all.
---@field max_download_bytes? integer (default: none; 1 GiB into memory)
---@field file_output? boolean false: `run` gives the URLs of files as strings (default: true)
---@field proxy? string Such as "http://host:port" or "socks5h://host:port" (default: the environment's HTTPS_PROXY and its like)
---@field ca_file? string A file of certificates (PEM) to trust instead of the system's (default: what SSL_CERT_FILE and SSL_CERT_DIR name).
---@field on_request? fun(request: replicate.Exchange) Called inside `poll` and calls that wait, for each HTTP request, retries and polls too.
---@field on_response? fun(response: replicate.Exchange) The same for each answer, or failure. At most 1000 wait to be called.
---@field on_retry? fun(retry: replicate.Exchange) The same before the wait for another attempt.
---@field max_pages? integer A list is taken to have no end after so many pages: `pages` and `each` raise (default: 100000)

--- How long the server may hold its answer to a create: true, or mode "block" without a timeout, for its longest; seconds from 1
--- to 60; false or mode "poll" for not at all. `interval` is the same as poll_interval.
---@alias replicate.Wait boolean|number|{ mode: "poll"|"block", interval?: number, timeout?: number }

---@class replicate.RunOptions : replicate.CallOptions
---@field input? table<string, any> What the model takes; files in it, at any depth, are replicate.file, replicate.bytes or open Lua files (default: {})
---@field on_upload? fun(progress: { sent: integer, total: integer }) Called with the bytes of the input's files that went out; a slow reader gets the latest.
---@field max_upload_bytes? integer A larger file is refused before anything is sent (default: 100 MiB, what the service takes)
---@field file_encoding_strategy? "upload"|"data-uri" How the files of an input reach the model: uploaded before it (the default), or inside of the request, at most 10 MB in all.
---@field wait? replicate.Wait (default: true)
---@field cancel_after? number|string The server ends the prediction after this long: seconds, or "90s", "1h30m"; at least 5 s.
---@field webhook? string
---@field webhook_events_filter? ("start"|"output"|"logs"|"completed")[]
---@field on_progress? fun(prediction: replicate.Prediction) Called with the first snapshot and with changed ones; a slow reader gets the latest.
---@field file_output? boolean Whether files in the output come as objects (default: the client's, or true)
---@field save_outputs? string A folder, made if there is none: each file is saved there at the end, under names with the prediction's id.
---@field max_download_bytes? integer Of each file that is saved (default: none)

---@class replicate.StreamCallOptions : replicate.CallOptions
---@field cancel? boolean Ending the stream cancels the prediction at the service too (default: false)
---@field fallback? "poll" A model that does not stream is polled; its events are made of what the polls find.

---@class replicate.StreamOptions : replicate.StreamCallOptions
---@field input? table<string, any> What the model takes; files in it, at any depth, are replicate.file, replicate.bytes or open Lua files (default: {})
---@field on_upload? fun(progress: { sent: integer, total: integer }) Called with the bytes of the input's files that went out; a slow reader gets the latest.
---@field max_upload_bytes? integer A larger file is refused before anything is sent (default: 100 MiB, what the service takes)
---@field file_encoding_strategy? "upload"|"data-uri" How the files of an input reach the model: uploaded before it (the default), or inside of the request, at most 10 MB in all.
---@field cancel_after? number|string
---@field webhook? string
---@field webhook_events_filter? ("start"|"output"|"logs"|"completed")[]

---@class replicate.WaitOptions : replicate.CallOptions
---@field interval? number The same as poll_interval.
---@field on_progress? fun(prediction: replicate.Prediction)

--- Exactly one of version, model and deployment.
---@class replicate.CreateOptions : replicate.CallOptions
---@field version? string A version's id, owner/name:id, or owner/name of an official model.
---@field model? string owner/name of an official model.
---@field deployment? string owner/name
---@field input table<string, any> What the model takes, with files as for run.
---@field on_upload? fun(progress: { sent: integer, total: integer }) Called with the bytes of the input's files that went out; a slow reader gets the latest.
---@field max_upload_bytes? integer A larger file is refused before anything is sent (default: 100 MiB, what the service takes)
---@field file_encoding_strategy? "upload"|"data-uri" How the files of an input reach the model: uploaded before it (the default), or inside of the request, at most 10 MB in all.
---@field wait? replicate.Wait (default: false)
---@field cancel_after? number|string
---@field webhook? string
---@field webhook_events_filter? ("start"|"output"|"logs"|"completed")[]
---@field stream? boolean

---@class replicate.ListOptions : replicate.CallOptions
---@field page? string `next` or `previous` of another page.
---@field created_after? string Of predictions: an ISO 8601 time, inclusive.
---@field created_before? string Of predictions: exclusive.
---@field source? "web" Of predictions.

--- What the asynchronous form of a call returns.
---@class replicate.Request
local Request = {}

---@return "pending"|"succeeded"|"failed"|"canceled"
function Request:status() end

--- Ends the request: an error of the kind "canceled" comes with the next poll. The prediction of a `run` is canceled on the
--- server too. No-op once it has ended.
function Request:cancel() end

--- Waits, running the callbacks of other requests meanwhile, and returns what the call results in.
---@param seconds? number nil, "timeout" when they are over first; the request goes on.
---@return any result
---@return any second
function Request:wait(seconds) end

--- A function that runs as a coroutine; see `spawn`.
---@class replicate.Task
local Task = {}

---@return "pending"|"succeeded"|"failed"|"canceled"
function Task:status() end

--- Ends what it waits for, with its prediction: the call gives nil and an error of the kind "canceled" inside of the task, and
--- so does each later one that would wait. No-op once it has ended.
function Task:cancel() end

--- Waits for its end. An error of this library that it raised has a field `traceback` too.
---@param seconds? number nil, "timeout" when they are over first; the task goes on.
---@return any ... What its function returned; or nil, what it raised, and where (a traceback).
function Task:wait(seconds) end

--- What `map` and `all` begin: with a callback they return it, and on_progress is given it.
---@class replicate.Group
local Group = {}

---@return "pending"|"succeeded"|"failed"|"canceled"
function Group:status() end

--- Begins no more, and cancels those that run, with their predictions. What there is stays in the results.
function Group:cancel() end

---@param seconds? number nil, "timeout" when they are over first; the group goes on.
---@return any[]? results, any error, integer|any[]|nil n_or_partial, table<integer, any>? errors
function Group:wait(seconds) end

---@class replicate.GroupOptions
---@field concurrency? integer So many at once (default: 8; of `all`: as many as there are)
---@field on_progress? fun(done: integer, total: integer, group: replicate.Group)
---@field cancel_on_error? boolean The first failure cancels the others (default: false: they may have been paid for)

---@class replicate.Predictions
local Predictions = {}

---@param options replicate.CreateOptions
---@return replicate.Prediction?, replicate.Error?
---@overload fun(self, options: replicate.CreateOptions, callback: fun(prediction?: replicate.Prediction, err?: replicate.Error)): replicate.Request
function Predictions:create(options) end

---@param id string
---@param options? replicate.CallOptions
---@return replicate.Prediction?, replicate.Error?
---@overload fun(self, id: string, callback: fun(prediction?: replicate.Prediction, err?: replicate.Error)): replicate.Request
function Predictions:get(id, options) end

---@param options? replicate.ListOptions
---@return replicate.PredictionPage?, replicate.Error?
---@overload fun(self, callback: fun(page?: replicate.PredictionPage, err?: replicate.Error)): replicate.Request
function Predictions:list(options) end

--- For `for page in …`: pages are fetched as the loop asks for them; what goes wrong is raised.
---@param options? replicate.ListOptions
---@return fun(): replicate.PredictionPage
function Predictions:pages(options) end

--- The same for the predictions on them, one by one.
---@param options? replicate.ListOptions
---@return fun(): replicate.Prediction
function Predictions:each(options) end

---@param id string
---@param options? replicate.CallOptions
---@return replicate.Prediction?, replicate.Error?
---@overload fun(self, id: string, callback: fun(prediction?: replicate.Prediction, err?: replicate.Error)): replicate.Request
function Predictions:cancel(id, options) end

--- Every method below gives what the service answers as a table, or nil and a replicate.Error; with a function as the last
--- argument it returns a replicate.Request at once, and calls function(result, err) from a later poll. Options after the
--- arguments are a replicate.CallOptions table; of a list, also `page`: the `next` or `previous` of another page.

---@class replicate.Page
---@field next? string
---@field previous? string
---@field results table[]

---@class replicate.Account
---@field get fun(self, options?: replicate.CallOptions): table?, replicate.Error?

---@class replicate.Hardware
---@field list fun(self, options?: replicate.CallOptions): { name: string, sku: string }[]?, replicate.Error?

---@class replicate.Collections
---@field list fun(self, options?: replicate.ListOptions): replicate.Page?, replicate.Error?
---@field pages fun(self, options?: replicate.ListOptions): fun(): replicate.Page
---@field each fun(self, options?: replicate.ListOptions): fun(): table
---@field get fun(self, slug: string, options?: replicate.CallOptions): table?, replicate.Error?

--- The create of a model's, or a deployment's, predictions: as predictions:create with `model` or `deployment`.
---@class replicate.CreatedPredictions
---@field create fun(self, owner: string, name: string, options: replicate.CreateOptions): replicate.Prediction?, replicate.Error?

---@class replicate.Models
---@field predictions replicate.CreatedPredictions
---@field versions replicate.Versions
---@field examples replicate.Examples
---@field readme { get: fun(self, owner: string, name: string, options?: replicate.CallOptions): string?, replicate.Error? }
---@field list fun(self, options?: replicate.ModelListOptions): replicate.Page?, replicate.Error?
---@field pages fun(self, options?: replicate.ModelListOptions): fun(): replicate.Page
---@field each fun(self, options?: replicate.ModelListOptions): fun(): table
---@field search fun(self, query: string, options?: replicate.ListOptions): replicate.Page?, replicate.Error?
---@field get fun(self, owner: string, name: string, options?: replicate.CallOptions): table?, replicate.Error?
---@field create fun(self, model: { owner: string, name: string, visibility: "public"|"private", hardware: string, description?: string, github_url?: string, paper_url?: string, license_url?: string, cover_image_url?: string }): table?, replicate.Error?
---@field update fun(self, owner: string, name: string, changes: { description?: string, readme?: string, github_url?: string, paper_url?: string, weights_url?: string, license_url?: string }): table?, replicate.Error?
---@field delete fun(self, owner: string, name: string, options?: replicate.CallOptions): true?, replicate.Error?

---@class replicate.Examples
---@field list fun(self, owner: string, name: string, options?: replicate.ListOptions): replicate.PredictionPage?, replicate.Error?
---@field pages fun(self, owner: string, name: string, options?: replicate.ListOptions): fun(): replicate.PredictionPage
---@field each fun(self, owner: string, name: string, options?: replicate.ListOptions): fun(): replicate.Prediction

---@class replicate.ModelListOptions : replicate.ListOptions
---@field sort_by? "model_created_at"|"latest_version_created_at"
---@field sort_direction? "asc"|"desc"

---@class replicate.Versions
---@field list fun(self, owner: string, name: string, options?: replicate.ListOptions): replicate.Page?, replicate.Error?
---@field pages fun(self, owner: string, name: string, options?: replicate.ListOptions): fun(): replicate.Page
---@field each fun(self, owner: string, name: string, options?: replicate.ListOptions): fun(): table
---@field get fun(self, owner: string, name: string, version: string, options?: replicate.CallOptions): table?, replicate.Error?
---@field delete fun(self, owner: string, name: string, version: string, options?: replicate.CallOptions): true?, replicate.Error?

---@class replicate.Deployments
---@field predictions replicate.CreatedPredictions
---@field list fun(self, options?: replicate.ListOptions): replicate.Page?, replicate.Error?
---@field pages fun(self, options?: replicate.ListOptions): fun(): replicate.Page
---@field each fun(self, options?: replicate.ListOptions): fun(): table
---@field get fun(self, owner: string, name: string, options?: replicate.CallOptions): table?, replicate.Error?
---@field create fun(self, deployment: { name: string, model: string, version: string, hardware: string, min_instances: integer, max_instances: integer }): table?, replicate.Error?
---@field update fun(self, owner: string, name: string, changes: { hardware?: string, min_instances?: integer, max_instances?: integer, version?: string }): table?, replicate.Error?
---@field delete fun(self, owner: string, name: string, options?: replicate.CallOptions): true?, replicate.Error?

---@class replicate.TrainingOptions : replicate.CallOptions
---@field destination string owner/name of the model that gets the new version.
---@field input table<string, any> What the trainer takes, with files as for run.
---@field webhook? string
---@field webhook_events_filter? ("start"|"output"|"logs"|"completed")[]
---@field on_upload? fun(progress: { sent: integer, total: integer }) Called with the bytes of the input's files that went out; a slow reader gets the latest.
---@field max_upload_bytes? integer A larger file is refused before anything is sent (default: 100 MiB, what the service takes)
---@field file_encoding_strategy? "upload"|"data-uri" How the files of an input reach the model: uploaded before it (the default), or inside of the request, at most 10 MB in all.

---@class replicate.Trainings
---@field create fun(self, owner: string, name: string, version: string, training: replicate.TrainingOptions): replicate.Training?, replicate.Error?
---@field get fun(self, id: string, options?: replicate.CallOptions): replicate.Training?, replicate.Error?
---@field list fun(self, options?: replicate.ListOptions): replicate.Page?, replicate.Error?
---@field pages fun(self, options?: replicate.ListOptions): fun(): replicate.Page
---@field each fun(self, options?: replicate.ListOptions): fun(): replicate.Training
---@field cancel fun(self, id: string, options?: replicate.CallOptions): replicate.Training?, replicate.Error?
---@field wait fun(self, training: replicate.Training|string, options?: replicate.WaitOptions): replicate.Training?, replicate.Error?

--- A file to send. It is looked at by the call that sends it.
---@class replicate.File
---@field path? string
---@field data? string
---@field name? string
---@field type? string

---@class replicate.FileOptions : replicate.CallOptions
---@field metadata? table Whatever is to stand in the file's record.
---@field name? string (default: the path's last part, or "file")
---@field type? string (default: what the name's end says, else application/octet-stream)
---@field on_progress? fun(progress: { sent: integer, total: integer }) Called with the bytes that went out; a slow reader gets the latest.
---@field max_upload_bytes? integer Larger files are refused before anything is sent (default: 100 MiB, what the service takes)

---@class replicate.DownloadOptions : replicate.CallOptions
---@field owner string The account whose file it is.
---@field expiry integer Seconds since 1970.
---@field signature? string In base64.
---@field secret? string Instead of a signature: what to make it with.
---@field path? string Where to save it: whole, or not at all. Without it the bytes are the result.
---@field max_download_bytes? integer (default: none; 1 GiB into memory)
---@field expected_bytes? integer How long the file must be, such as the size in its record; another length is an error, and no file.
---@field on_progress? fun(progress: { received: integer, total?: integer })

---@class replicate.SignOptions
---@field owner string The account whose file it is.
---@field id string The file's.
---@field expiry integer Seconds since 1970.
---@field secret string The signing secret of the account's files.

--- Uploaded files.
---@class replicate.Files
---@field sign fun(self, options: replicate.SignOptions): string The signature of a link, for `download`. The module's needs no client.
---@field create fun(self, file: replicate.File|file*, options?: replicate.FileOptions): table?, replicate.Error?
---@field download fun(self, id: string, options: replicate.DownloadOptions): string?, replicate.Error?
---@field list fun(self, options?: replicate.ListOptions): replicate.Page?, replicate.Error?
---@field pages fun(self, options?: replicate.ListOptions): fun(): replicate.Page
---@field each fun(self, options?: replicate.ListOptions): fun(): table
---@field get fun(self, id: string, options?: replicate.CallOptions): table?, replicate.Error?
---@field delete fun(self, id: string, options?: replicate.CallOptions): true?, replicate.Error?

--- A file that a model put out: a whole https URL (http too, where the base URL is http) or a data: URI. As text, and in the JSON
--- of another input, it is its URL. Its server is never told the token. With a function as the last argument, without waiting.
---@class replicate.FileOutput
---@operator concat(string|number|replicate.FileOutput): string
local FileOutput = {}

---@return string
function FileOutput:url() end

--- Such as "image/png": as its server said, once it was fetched; else by its URL. nil where nothing says it.
---@return string?
function FileOutput:type() end

--- Where it was saved; nil before.
---@return string?
function FileOutput:path() end

--- The bytes.
---@param options? replicate.FetchOptions
---@return string?, replicate.Error?
---@overload fun(self, callback: fun(bytes?: string, err?: replicate.Error)): replicate.Request
function FileOutput:read(options) end

--- The file is whole, or as it was before. A transfer that breaks goes on where it was, if the server can.
---@param path string
---@param options? replicate.FetchOptions
---@return string? path, replicate.Error?
---@overload fun(self, path: string, options: replicate.FetchOptions, callback: fun(path?: string, err?: replicate.Error)): replicate.Request
function FileOutput:save(path, options) end

--- For `for bytes in file:chunks() do`: the transfer waits for the loop, and ends with it (as a stream does). Raises what goes
--- wrong; `next` gives it. No byte comes twice. With a callback: called with each piece, and at the end with nil and the error.
---@param options? replicate.ChunkOptions
---@return replicate.Stream
---@overload fun(self, options: replicate.ChunkOptions, callback: fun(bytes?: string, err?: replicate.Error)): replicate.Request
function FileOutput:chunks(options) end

--- How patient a fetch is, in seconds. Headers of the API's do not go to a file's server.
---@class replicate.ChunkOptions
---@field connect_timeout? number (default: 10)
---@field idle_timeout? number No byte for so long (default: 60)
---@field timeout? number The whole (default: as long as bytes move, at most a day)
---@field max_retries? integer 0 to 100, in a row without a new byte (default: 2)
---@field retry_delay? number As of a call (default: 0.5)
---@field max_retry_wait? number As of a call (default: 60)
---@field max_header_bytes? integer Of an answer's headers (default: 256 KiB)
---@field max_error_bytes? integer Of an error's answer so much is read, and the rest left (default: 64 KiB)
---@field max_redirects? integer 0 to 50 (default: 10)
---@field private_addresses? "allow"|"refuse" Whether the file may be on this machine or in a private network (default: the client's, or "allow")
---@field max_download_bytes? integer (default: none; 1 GiB into memory)
---@field expected_bytes? integer How long the file must be, such as the size in its record; another length is an error, and no file.

---@class replicate.FetchOptions : replicate.ChunkOptions
---@field on_progress? fun(progress: { received: integer, total?: integer })

---@class replicate.RequestOptions : replicate.CallOptions
---@field method? "GET"|"POST"|"PUT"|"PATCH"|"DELETE"|"QUERY" (default: "GET")
---@field params? table<string, string|integer> The query.
---@field data? any Goes out as JSON; a string as it is, if `headers` has a Content-Type.

--- A webhook as it came: the three headers, or all of them; and the body, byte for byte.
---@class replicate.Webhook
---@field id? string The header webhook-id; nil if it is missing.
---@field timestamp? string The header webhook-timestamp.
---@field signature? string The header webhook-signature.
---@field headers? table<string, string|string[]> Instead of the three: all headers, with names in any case.
---@field body string
---@field secret? string "whsec_…" (default: the client's own; the module's function needs one)
---@field tolerance? number|false So many seconds old or ahead it may be; false: any (default: 300)

--- Webhooks that came. `validate` gives true and the webhook's id, or nil and an error that says what was wrong: of the kind
--- "auth" where the webhook is not to be believed, "invalid_input" where it or the secret is malformed. A genuine one may come
--- twice, with the same id, and late: keep the ids that you have seen for at least the tolerance.
--- `replicate.webhooks.validate { … }` needs no client and no token, and never waits. `client.webhooks:validate { … }` without a
--- secret uses the account's, which it fetches once and keeps; after a mismatch it is fetched anew, at most every 5 minutes.
---@class replicate.Webhooks
---@field default { secret: { get: fun(self, options?: replicate.CallOptions): { key: string }?, replicate.Error? } }
---@field validate fun(self, webhook: replicate.Webhook, callback?: fun(is_genuine?: true, err?: replicate.Error, id?: string)): true?, string|replicate.Error?
---@field secret fun(self, callback?: fun(secret?: string, err?: replicate.Error)): string?, replicate.Error? Fetched once; who asks at the same time shares the request.

--- Belongs to one Lua state. One network thread; every function of the program's own runs on the thread that polls.
---@class replicate.Client
---@field predictions replicate.Predictions
---@field account replicate.Account
---@field collections replicate.Collections
---@field deployments replicate.Deployments
---@field files replicate.Files
---@field hardware replicate.Hardware
---@field models replicate.Models
---@field trainings replicate.Trainings
---@field webhooks replicate.Webhooks
local Client = {}

--- Models, collections and pages that match the words.
---@param query string
---@param options? replicate.CallOptions|{ limit?: integer }
---@return table?, replicate.Error?
function Client:search(query, options) end

--- Any request to the API, for what has no function here yet.
---@param route string Below the base URL: "/models/owner/name"
---@param options? replicate.RequestOptions
---@return any body, integer|replicate.Error status, table<string, string>? headers
function Client:request(route, options) end

--- For `for page in client:paginate(function() return client.models:list() end) do`. Raises what goes wrong.
---@param first fun(): replicate.Page?, replicate.Error?
---@return fun(): replicate.Page
function Client:paginate(first) end

--- Runs a model and waits for its end. Files in the output are replicate.FileOutput objects.
---@param reference string owner/name, owner/name:version, a version's id, or deployments/owner/name
---@param options? replicate.RunOptions
---@return any output, replicate.Prediction|replicate.Error second
---@overload fun(self, reference: string, options: replicate.RunOptions, callback: fun(output: any, err?: replicate.Error, prediction?: replicate.Prediction)): replicate.Request
function Client:run(reference, options) end

--- The output of a model while it is made. The prediction is created at once; errors come from the loop, or from `next`.
---@param reference string|table As `run` takes it.
---@param options? replicate.StreamOptions
---@return replicate.Stream
---@overload fun(self, reference: string, options: replicate.StreamOptions, callback: fun(event?: replicate.Event, err?: replicate.Error, prediction?: replicate.Prediction)): replicate.Request
function Client:stream(reference, options) end

--- The object for a model's file whose URL, or data: URI, was kept.
---@param url string
---@return replicate.FileOutput
function Client:file_output(url) end

--- A model as a function of its input.
---@param reference string|table As `run` takes it; or a model or a version, as the API gives them.
---@return fun(input: table, options?: replicate.RunOptions, callback?: function): any, replicate.Prediction|replicate.Error
function Client:use(reference) end

--- Waits for the end of a prediction or training that exists. What has methods takes the new state over.
---@param prediction replicate.Prediction|replicate.Training|string A string is a prediction's id.
---@param options? replicate.WaitOptions
---@return replicate.Prediction?, replicate.Error?
---@overload fun(self, prediction: replicate.Prediction|string, options: replicate.WaitOptions, callback: fun(prediction?: replicate.Prediction, err?: replicate.Error)): replicate.Request
function Client:wait(prediction, options) end

--- Runs the callbacks that are due. Raises what a callback raised, once the others have run.
---@param timeout? number Seconds to wait for the first one (default: 0, which never blocks)
---@param max? integer At most so many (default: all that are due)
---@param seconds? number None is begun later than so many seconds from now, but for the first (default: no limit)
---@return integer handled
function Client:poll(timeout, max, seconds) end

--- Polls until nothing is pending.
function Client:loop() end

--- Runs fn(…) as a coroutine, beginning with the next poll: in it every call looks blocking and yields. What it raises is given
--- by `wait`; if nobody waits, it comes out of `poll` or `loop`. (In Lua 5.1 a call inside of pcall, of a `for`
--- loop's iterator or of a metamethod blocks, and runs the others meanwhile; so does one in a function that is called without a
--- name, as `(function() … end)()` is. One that an iterator or metamethod ends with, `return client:run(…)`, raises there, before
--- anything is sent.)
---@param fn fun(...): ...
---@return replicate.Task
function Client:spawn(fn, ...) end

--- Sleeps, and runs the others meanwhile.
---@param seconds number
---@return true?, replicate.Error? error In a task that is canceled.
function Client:sleep(seconds) end

--- fn(item, index) for each of a list, each in a task. One fails that raises, or that returns nil and an error; then the results
--- are nil, the first error (with a field `index`, or "item 3: …"), the results that there are, and all errors by index.
---@generic T
---@param list T[] With a field n, if it has holes.
---@param fn fun(item: T, index: integer): ...
---@param options? replicate.GroupOptions
---@return any[]? results In the order of the list.
---@return any error
---@return integer|any[] n_or_partial How many there are, holes too; or the results that there are.
---@return table<integer, any>? errors
---@overload fun(self, list: table, fn: function, options: replicate.GroupOptions, callback: fun(results?: any[], err?: any, n_or_partial: integer|any[], errors?: table<integer, any>)): replicate.Group
function Client:map(list, fn, options) end

--- Waits for different things at once, with results as of `map`.
---@param list (function|replicate.Task|replicate.Request|replicate.Group)[]
---@param options? replicate.GroupOptions
---@return any[]? results, any error, integer|any[]|nil n_or_partial, table<integer, any>? errors
function Client:all(list, options) end

--- How many requests and tasks have not ended.
---@return integer
function Client:pending() end

--- A descriptor that can be read while something is due: poll then. Not to be read from or closed.
---@return integer
function Client:pollfd() end

---@return "r"
function Client:events() end

--- Seconds after which to poll in any case, for tasks that sleep; nil: only when the descriptor can be read.
---@return number?
function Client:timeout() end

---@return boolean
function Client:closed() end

--- Ends everything at once; pending requests end with an error of the kind "canceled". Predictions go on at the server.
function Client:close() end

--- The module. Its functions use a default client, made on first use from REPLICATE_API_TOKEN and REPLICATE_BASE_URL; every
--- resource of a client is here as well, with a dot: replicate.models.get(owner, name).
---@class replicate
---@field _VERSION string
---@field null lightuserdata null inside an array.
---@field account replicate.Account As those of a client, but with a dot: replicate.account.get()
---@field collections replicate.Collections
---@field deployments replicate.Deployments
---@field files replicate.Files
---@field hardware replicate.Hardware
---@field models replicate.Models
---@field trainings replicate.Trainings
---@field webhooks replicate.Webhooks
---@field search fun(query: string, options?: replicate.CallOptions|{ limit?: integer }): table?, replicate.Error?
---@field request fun(route: string, options?: replicate.RequestOptions): any, integer|replicate.Error, table<string, string>?
---@field paginate fun(first: fun(): replicate.Page?, replicate.Error?): fun(): replicate.Page
local replicate = {}

---@param options? replicate.ClientOptions
---@return replicate.Client?, replicate.Error?
function replicate.new(options) end

--- Marks a table as an array, so that it is `[]` when it is empty.
---@generic T : table
---@param values? T
---@return T
function replicate.array(values) end

--- Marks a table as an object.
---@generic T : table
---@param members? T
---@return T
function replicate.object(members) end

--- A file on disk, to send. It is read while it is sent.
---@param path string
---@param options? { name?: string, type?: string }
---@return replicate.File
function replicate.file(path, options) end

--- A string as a file to send.
---@param data string
---@param options? { name?: string, type?: string }
---@return replicate.File
function replicate.bytes(data, options) end

---@param reference string
---@param options? replicate.RunOptions
---@return any output, replicate.Prediction|replicate.Error second
---@overload fun(reference: string, options: replicate.RunOptions, callback: fun(output: any, err?: replicate.Error, prediction?: replicate.Prediction)): replicate.Request
function replicate.run(reference, options) end

---@param reference string|table
---@param options? replicate.StreamOptions
---@return replicate.Stream
---@overload fun(reference: string, options: replicate.StreamOptions, callback: fun(event?: replicate.Event, err?: replicate.Error, prediction?: replicate.Prediction)): replicate.Request
function replicate.stream(reference, options) end

--- JSON text of a value; nil and a message where it has none, such as a function's.
---@param value any
---@return string?, string? message
function replicate.json_encode(value) end

--- The value of a JSON text, as answers are decoded; nil and a message where it is not JSON.
---@param text string
---@return any value, string? message
function replicate.json_decode(text) end

---@param reference string|table
---@return fun(input: table, options?: replicate.RunOptions, callback?: function): any, replicate.Prediction|replicate.Error
function replicate.use(reference) end

---@param url string
---@return replicate.FileOutput?, replicate.Error?
function replicate.file_output(url) end

---@param prediction replicate.Prediction|replicate.Training|string
---@param options? replicate.WaitOptions
---@return replicate.Prediction?, replicate.Error?
function replicate.wait(prediction, options) end

replicate.predictions = {}

---@param options replicate.CreateOptions
---@return replicate.Prediction?, replicate.Error?
function replicate.predictions.create(options) end

---@param id string
---@param options? replicate.CallOptions
---@return replicate.Prediction?, replicate.Error?
function replicate.predictions.get(id, options) end

---@param options? replicate.ListOptions
---@return replicate.PredictionPage?, replicate.Error?
function replicate.predictions.list(options) end

---@param options? replicate.ListOptions
---@return fun(): replicate.PredictionPage
function replicate.predictions.pages(options) end

---@param options? replicate.ListOptions
---@return fun(): replicate.Prediction
function replicate.predictions.each(options) end

---@param id string
---@param options? replicate.CallOptions
---@return replicate.Prediction?, replicate.Error?
function replicate.predictions.cancel(id, options) end

---@param timeout? number
---@param max? integer
---@param seconds? number
---@return integer handled
function replicate.poll(timeout, max, seconds) end

---@param fn fun(...): ...
---@return replicate.Task?, replicate.Error?
function replicate.spawn(fn, ...) end

---@param seconds number
---@return true?, replicate.Error?
function replicate.sleep(seconds) end

---@param list any[]
---@param fn fun(item: any, index: integer): ...
---@param options? replicate.GroupOptions
---@return any[]? results, any error, integer|any[]|nil n_or_partial, table<integer, any>? errors
function replicate.map(list, fn, options) end

---@param list (function|replicate.Task|replicate.Request|replicate.Group)[]
---@param options? replicate.GroupOptions
---@return any[]? results, any error, integer|any[]|nil n_or_partial, table<integer, any>? errors
function replicate.all(list, options) end

function replicate.loop() end

---@return integer
function replicate.pending() end

--- Closes the default client; the next call makes a new one.
function replicate.close() end

--- What attaches a client to a loop of another library's: require("replicate.loop.frame") and its like. Tasks and callbacks then
--- run inside of that loop. A client is attached to one at a time; closing it detaches it.
---@class replicate.LoopOptions
---@field budget? number Of one poll: no callback or task is begun after so many seconds (default: no limit)
---@field max? integer At most so many of them in one poll (default: all that are due)
---@field on_error? fun(err: any) Told what a callback or task raised (default: the loop's own manner)

---@class replicate.LuvOptions : replicate.LoopOptions
---@field uv? table The module of libuv, such as vim.uv (default: require "luv")
---@field coroutines? boolean In coroutines that are no tasks, calls look blocking and yield, too (default: false)

---@class replicate.Attached
local Attached = {}

--- Takes the client back from the loop. No-op once that is done.
function Attached:detach() end

--- What to call in each frame: it polls, and gives how many events were handled.
---@class replicate.Frame : replicate.Attached
---@overload fun(): integer

---@class replicate.loop.frame
---@field attach fun(client?: replicate.Client, options?: replicate.LoopOptions): replicate.Frame
---@field every fun(client: replicate.Client?, start: fun(seconds: number, fn: fun()), options?: replicate.LoopOptions, interval?: number): replicate.Attached `start` has fn called so many seconds later; `interval` is 1/60 without one. The client may be left out.

---@class replicate.loop.luv
---@field attach fun(client?: replicate.Client, options?: replicate.LuvOptions): replicate.Attached

---@class replicate.loop.cqueues
---@field attach fun(client: replicate.Client?, controller: table, options?: replicate.LoopOptions): replicate.Attached

---@class replicate.loop.copas
---@field attach fun(client?: replicate.Client, options?: replicate.LoopOptions): replicate.Attached

return replicate
