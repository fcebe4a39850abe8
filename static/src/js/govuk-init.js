// The first script of a page: says that scripts run, before anything is drawn. It stands in a file
// of its own because the content security policy allows no inline script.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
