# frozen_string_literal: true

# What an answer of the generated client means, by the rules in ../../README.md. Names and classes of codes come from
# the document, so that a new code needs no new program.
#
# Beside what is reported, an outcome may have `again` (another attempt may help) and `unheard` (the API says that it
# did not look at the request).
class Outcomes
  ASKS_FOR_ANOTHER = [408, 429].freeze

  def initialize(document)
    @schemas = document['components']['schemas']
    operations = document['paths'].values.flat_map { |item| item.values.grep(Hash) }
    @lists = operations.to_h { |operation| [operation['operationId'], operation['x-codes']] }
  end

  # What an answer says: `success` first, then `code`.
  def of(operation, answer, status)
    return unreadable(status) if answer.nil?

    known = listed(operation, answer.code)
    return unreadable(status) if known && (known[:error] == 'success') != answer.success
    return refusal(known || unlisted(status), answer) unless answer.success

    done = success(answer)
    done ? { code: answer.code, message: answer.message, **done } : lacking
  end

  def unreadable(status)
    return { result: 'refused', error: 'rate_limit', maybe_applied: false, again: true } if status == 429

    unheard = status == 405
    final = status.between?(300, 499) && !ASKS_FOR_ANOTHER.include?(status)
    { result: 'unreadable', maybe_applied: !unheard, again: !final, unheard: }
  end

  # A success that lacks what it should hold. It was done, so it is not repeated.
  def lacking = { result: 'unreadable', maybe_applied: true }

  def no_answer = { result: 'no_answer', maybe_applied: true, again: true }

  private

  # What a listed code means, or nothing where the document does not list it.
  def listed(operation, code)
    @schemas.values_at(*@lists.fetch(operation)).each do |list|
      place = list['enum'].index(code) or next
      return meaning(list['x-enum-varnames'][place], list['x-enum-classes'][place])
    end
    nil
  end

  # Every request has a key: that it is missing says that the server did not look where it was.
  def meaning(name, error)
    doubt = error == 'server'
    { name:, error:, maybe_applied: doubt, again: doubt || error == 'rate_limit', unheard: name == 'API_KEY_REQUIRED' }
  end

  # The same of a code that is not listed: then the status is all there is to go by.
  def unlisted(status)
    failing = status >= 500
    { error: status == 429 ? 'rate_limit' : nil, maybe_applied: failing,
      again: failing || ASKS_FOR_ANOTHER.include?(status), unheard: status == 405 }
  end

  def refusal(meaning, answer)
    errors = (answer.errors || []).map(&:to_hash)
    { result: 'refused', code: answer.code, message: answer.message, errors:, **meaning }
  end

  def success(answer)
    case answer
    when Mailpartner::Outcome then { result: 'deleted' }
    when Mailpartner::Addition then id?(answer.stop_id) && { result: 'added', id: answer.stop_id }
    when Mailpartner::UnsubscribeList
      rows = rows_of(answer)
      rows && { result: 'listed', entries: rows.map { |row| entry(row) } }
    end
  end

  # The rows of a list that is whole, or nothing. An empty list may be left out, but not uncounted.
  def rows_of(list)
    rows = list.data || []
    whole = list.nb_data ? list.nb_data == rows.size : list.data
    rows if whole && rows.all? { |row| row && id?(row.id) && !row.email.empty? }
  end

  def id?(number) = number&.positive?

  def entry(row) = { id: row.id, email: row.email, createdAt: row.created_at }
end
