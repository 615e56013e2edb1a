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
  MODELS = { 'addUnsubscribe' => Mailpartner::Addition, 'listUnsubscribes' => Mailpartner::UnsubscribeList }.freeze

  def initialize(url, outcomes)
    @url = URI(url)
    @outcomes = outcomes
  end

  def attempt(operation, call)
    client = client_of(call['key'])
    answer, status = send_with(Mailpartner::UnsubscribesApi.new(client), operation, call)
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

  def send_with(api, operation, call)
    arguments = call['arguments']
    case operation
    when 'listUnsubscribes' then api.list_unsubscribes_with_http_info
    when 'deleteUnsubscribe' then api.delete_unsubscribe_with_http_info(arguments['id'])
    when 'deleteUnsubscribeWithGet' then api.delete_unsubscribe_with_get_with_http_info(arguments['id'])
    when 'addUnsubscribe'
      addition = Mailpartner::UnsubscribeAddition.new(api_key: call['key'], email: arguments['email'])
      api.add_unsubscribe_with_http_info(addition)
    end
  end

  def decoded(operation, body)
    MODELS.fetch(operation, Mailpartner::Outcome).build_from_hash(JSON.parse(body))
  end
end

# Says what came of a call.
class Runner
  def initialize(attempts)
    @attempts = attempts
  end

  def report(call)
    return { cannot: 'the JSON-only profile has no XML' } if call['needs'].include?('xml')

    said = @attempts.carry_out(call)
    said[:message] &&= said[:message].scrub # the generated client takes all bytes for UTF-8
    unchecked = call['needs'].include?('check') && said[:result] != 'not_sent'
    unchecked ? { cannot: 'the generated client does not check this argument' } : said
  end
end

document = JSON.parse(File.read(ENV.fetch('SPEC', 'generated/openapi/json-only.json')))
account = Account.new(ENV.fetch('CONFORMANCE_URL'), Outcomes.new(document))
runner = Runner.new(Attempts.new(account))
JSON.parse(File.read(ENV.fetch('CONFORMANCE_CALLS'))).each do |call|
  puts JSON.generate({ case: call['case'], **runner.report(call) })
end
