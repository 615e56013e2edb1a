# frozen_string_literal: true

# The runner of a Ruby client made by openapi-generator (`-g ruby`, with typhoeus on libcurl).
#
# Traps for everybody who uses such a client, all seen with openapi-generator 7.26.0:
#
# - It follows redirects and cannot be told not to (`opts[:follow_location] || true`): at a 307 it sends the body of an
#   addition, and the key in it, to wherever the Location header says. See OneRequest.
# - libcurl keeps connections, and where a kept one turns out to be closed it sends the request again by itself, a POST
#   too. A deletion that was done then comes back as an unknown id. See OneRequest.
# - At a status outside 2xx it raises ApiError with the body as text. The outcome is in that body: decode it with the
#   generated model, as in Account#failure.
# - It raises ArgumentError both for an argument it refuses and for an answer it cannot decode. Only the former happens
#   before a request is sent.
# - It waits forever unless told how long.
# - Half an answer has the status of a whole one: ApiError#code is 200, and only libcurl's return code, which the client
#   keeps to itself, says that it was cut. See OneRequest and Account#failure.
# - What is no array where the document says one is nil, as if it were not there: a list in a wrong form that counts 0
#   passes for an empty one.

require 'json'
require 'uri'
require 'mailpartner'
require_relative 'attempts'
require_relative 'contract'
require_relative 'outcomes'

# The generated client, made to send each request once, to the host that was asked for.
class OneRequest < Mailpartner::ApiClient
  # What typhoeus made of the request; nil if none was sent.
  attr_reader :response

  def build_request(*)
    super.tap do |request|
      request.options.update(followlocation: false, forbid_reuse: true)
      request.on_complete { |response| @response = response }
    end
  end
end

# Makes attempts with the generated client, each with the key of its call.
class Account
  def initialize(url, contract, outcomes)
    @url = URI(url)
    @contract = contract
    @outcomes = outcomes
  end

  def attempt(operation, call)
    client = client_of(call['key'])
    answer, status = send_with(client, operation, call)
    @outcomes.of(operation, answer, status)
  rescue StandardError => e
    failure(e, operation, client.response)
  end

  private

  def failure(error, operation, response)
    return { result: 'not_sent' } if response.nil?
    return @outcomes.no_answer unless response.return_code == :ok
    return @outcomes.unreadable(response.code) unless error.is_a?(Mailpartner::ApiError)

    @outcomes.of(operation, decoded(operation, response.body), response.code)
  rescue StandardError
    @outcomes.unreadable(response.code)
  end

  def client_of(key)
    configuration = Mailpartner::Configuration.new
    configuration.scheme = @url.scheme
    configuration.host = "#{@url.host}:#{@url.port}"
    configuration.api_key['apiKey'] = key
    configuration.timeout = 30
    OneRequest.new(configuration)
  end

  # Calls the generated method, which takes what is required in its own order, each by its name.
  def send_with(client, operation, call)
    api = Mailpartner.const_get("#{@contract.group(operation)}Api").new(client)
    method = api.method("#{snake(operation)}_with_http_info")
    arguments = arguments_of(operation, call)
    required = method.parameters.filter_map { |kind, name| name.to_s if kind == :req }
    method.call(*required.map { |name| arguments.fetch(name) }, arguments.except(*required).transform_keys(&:to_sym))
  end

  # The arguments by the names of the generated parameters; a body is one, by the name of its schema.
  def arguments_of(operation, call)
    body = @contract.body(operation)
    return call['arguments'].transform_keys { |name| snake(name) } unless body

    { snake(body) => Mailpartner.const_get(body).build_from_hash({ 'apiKey' => call['key'], **call['arguments'] }) }
  end

  def snake(name) = name.gsub(/(?<=[a-z0-9])(?=[A-Z])/, '_').downcase

  def decoded(operation, body)
    Mailpartner.const_get(@contract.answer(operation)).build_from_hash(JSON.parse(body))
  end
end

# Says what came of a call.
class Runner
  def initialize(attempts)
    @attempts = attempts
  end

  def report(call)
    return { unsupported: 'the JSON-only profile has no XML' } if call['requires'].include?('xml')

    second = { unsupported: 'a generated client makes no second call by itself' }
    return second if call['requires'].include?('look-up')

    said = @attempts.carry_out(call)
    said[:message] &&= said[:message].scrub # the generated client takes all bytes for UTF-8
    said
  end
end

contract = Contract.new(JSON.parse(File.read(ENV.fetch('SPEC', 'generated/openapi/json-only.json'))))
account = Account.new(ENV.fetch('CONFORMANCE_URL'), contract, Outcomes.new(contract))
runner = Runner.new(Attempts.new(account, contract))
JSON.parse(File.read(ENV.fetch('CONFORMANCE_CALLS'))).each do |call|
  puts JSON.generate({ case: call['case'], **runner.report(call) })
end
