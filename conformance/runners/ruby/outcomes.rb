# frozen_string_literal: true

# What an answer of the generated client means, by the rules in ../../README.md.
#
# Besides what is reported, an outcome may have `again` (for which operations another attempt may help and does no harm:
# :all or :idempotent), `unheard` (the API says that it did not look at the request) and `settles` (the code says that
# what was asked for is so already).
class Outcomes
  ASKS_FOR_ANOTHER = [408, 429].freeze
  AGAIN = { 'not_applied_retry' => :all, 'unknown' => :idempotent }.freeze
  TEXTS = %w[success code message errors].freeze

  def initialize(contract)
    @contract = contract
  end

  # What an answer says: `success` first, then `code`.
  def of(operation, answer, status)
    return unreadable(status) if answer.nil?

    name, error, effect = @contract.listed(operation, answer.code)
    return unreadable(status) if name && (effect == 'applied') != answer.success
    return refusal(name ? meaning(name, error, effect) : unlisted(status), answer) unless answer.success

    data = data_of(operation, answer)
    # A success that lacks what is essential was done, so it is not repeated.
    data ? { result: 'done', code: answer.code, message: answer.message, data: } : lacking
  end

  def unreadable(status)
    return { result: 'refused', error: 'rate_limit', maybe_applied: false, again: :idempotent } if status == 429

    unheard = status == 405
    final = status.between?(300, 499) && !ASKS_FOR_ANOTHER.include?(status)
    { result: 'unreadable', maybe_applied: !unheard, again: (:idempotent unless final), unheard: }
  end

  def lacking = { result: 'unreadable', maybe_applied: true }

  def no_answer = { result: 'no_answer', maybe_applied: true, again: :idempotent }

  private

  # Every request has a key: that it is missing says that the server did not look where it was.
  def meaning(name, error, effect)
    { name:, error:, maybe_applied: effect == 'unknown', again: AGAIN[effect], unheard: name == 'API_KEY_REQUIRED',
      settles: effect == 'settles' }
  end

  # The same of a code that is not listed: then the status is all there is to go by.
  def unlisted(status)
    failing = status >= 500
    { error: status == 429 ? 'rate_limit' : nil, maybe_applied: failing,
      again: (:idempotent if failing || ASKS_FOR_ANOTHER.include?(status)), unheard: status == 405 }
  end

  def refusal(meaning, answer)
    errors = (answer.errors || []).map(&:to_hash)
    { result: 'refused', code: answer.code, message: answer.message, errors:, **meaning }
  end

  # The fields of a success, or nothing where it lacks what is essential, or has other rows than it counts.
  def data_of(operation, answer)
    schema = @contract.schema(@contract.answer(operation))
    data = fields(answer.to_hash, schema)&.except(*TEXTS)
    data if data && data.fetch('nbData', data['data']&.size) == data['data']&.size
  end

  # The fields of an object that the document names, or nothing where one that is essential has no value.
  def fields(object, schema)
    fits = ->(name, inner) { [name, fitting(object[name.to_sym], @contract.resolved(inner))] }
    found = schema['properties'].to_h(&fits).compact
    found if schema.fetch('x-essential', []).none? { |name| found[name].to_s.strip.empty? }
  end

  # A value, or nothing for what has no meaning: a whole number of 64 bits is an id, which begins at 1.
  def fitting(value, schema)
    case value
    when Hash then fields(value, schema)
    when Array
      items = value.map { |item| fitting(item, @contract.resolved(schema['items'])) }
      items unless items.include?(nil)
    when Integer then value unless schema['format'] == 'int64' && value < 1
    else value
    end
  end
end
