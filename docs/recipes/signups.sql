SELECT toDate(timestamp) AS day, count()
FROM events
WHERE event = 'signed_up'
GROUP BY day
