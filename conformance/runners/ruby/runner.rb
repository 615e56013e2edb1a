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
#   generated model, as in #attempt.
#
# - It raises ArgumentError both for an argument it refuses and for an answer it cannot decode. Only the former happens
#   before a request is built.
# - It waits forever unless told how long.

require 'json'
require 'uri'
require 'mailpartner'
require_relative 'outcomes'

# The generated client, made to send each request once, to the host that was asked for.
class OneRequest < Mailpartner::ApiClient
  attr_reader :sent

  def build_request(*)
    @sent = true
    super.tap { |request| request.options.update(followlocation: false, forbid_reuse: true) }
  end
end

# Carries out calls with the generated client, and says what came of them.
class Runner
  GET_FORM = { 'deleteUnsubscribe' => 'deleteUnsubscribeWithGet' }.freeze
  MODELS = { 'addUnsubscribe' => Mailpartner::Addition, 'listUnsubscribes' => Mailpartner::UnsubscribeList }.freeze

  def initialize(url, outcomes)
    @url = URI(url)
    @outcomes = outcomes
  end

  def report(call)
    return { cannot: 'the JSON-only profile has no XML' } if call['needs'].include?('xml')

    said = carry_out(call)
    said[:message] &&= said[:message].scrub # the generated client takes all bytes for UTF-8
    unchecked = call['needs'].include?('check') && said[:result] != 'not_sent'
    unchecked ? { cannot: 'the generated client does not check this argument' } : said
  end

  private

  # The attempts of a call. Once something may have been done, an unknown id means that it is gone.
  def carry_out(call)
    operation, left = call.values_at('operation', 'retries')
    doubt = false
    loop do
      said = attempt(operation, call)
      return said.slice(:code, :message).merge(result: 'already_gone') if gone?(said, call['missing_ok'] || doubt)

      doubt ||= said[:maybe_applied]
      if call['method'] == 'auto' && GET_FORM[operation] && unheard?(said)
        operation = GET_FORM[operation]
      elsif left.positive? && (said[:maybe_applied] || said[:error] == 'rate_limit')
        left -= 1
      else
        return said.key?(:maybe_applied) ? said.merge(maybe_applied: doubt) : said
      end
    end
  end

  def gone?(said, expected) = expected && said[:error] == 'not_found'

  def unheard?(said) = said[:status] == 405 || said[:name] == 'API_KEY_REQUIRED'

  def attempt(operation, call)
    client = client_of(call['key'])
    answer, status = send_with(Mailpartner::UnsubscribesApi.new(client), operation, call)
    @outcomes.of(operation, answer, status)
  rescue Mailpartner::ApiError => e
    return { result: 'no_answer', maybe_applied: true } if e.code.nil? || e.code.zero?

    @outcomes.of(operation, decoded(operation, e.response_body), e.code)
  rescue StandardError
    client.sent ? @outcomes.unreadable(200) : { result: 'not_sent' }
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
  rescue StandardError
    nil
  end

end

document = JSON.parse(File.read(ENV.fetch('SPEC', 'openapi-json-only.json')))
runner = Runner.new(ENV.fetch('CONFORMANCE_URL'), Outcomes.new(document))
JSON.parse(File.read(ENV.fetch('CONFORMANCE_CALLS'))).each do |call|
  puts JSON.generate({ case: call['case'], **runner.report(call) })
end
