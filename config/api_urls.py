"""Addresses for machines, version 1."""

from django.urls import path

from accounts.api import views as accounts
from audit.api import views as audit
from cases.api import views as cases
from referrals.api import views as referrals
from reports.api import views as reports

from . import api_page

urlpatterns = [
    path("", api_page.operations, name="api_operations"),
    path("openapi.json", api_page.Description.as_view(), name="api_description"),
    path("cases/", cases.CaseList.as_view(), name="api_case_list"),
    path("cases/<str:number>/", cases.CaseDetail.as_view(), name="api_case_detail"),
    path("cases/<str:number>/victim/", cases.CaseVictim.as_view(), name="api_case_victim"),
    path("cases/<str:number>/notes/", cases.CaseNotes.as_view(), name="api_case_notes"),
    path("cases/<str:number>/moves/", cases.CaseMoves.as_view(), name="api_case_moves"),
    path("cases/<str:number>/worker/", cases.CaseWorker.as_view(), name="api_case_worker"),
    path("cases/<str:number>/referrals/", referrals.ReferralsOfCase.as_view(), name="api_case_referrals"),
    path("referrals/", referrals.ReferralList.as_view(), name="api_referral_list"),
    path("referrals/<uuid:pk>/", referrals.ReferralDetail.as_view(), name="api_referral"),
    path("referrals/<uuid:pk>/moves/", referrals.ReferralMoves.as_view(), name="api_referral_moves"),
    path("referrals/<uuid:pk>/again/", referrals.ReferralAgain.as_view(), name="api_referral_again"),
    path("agencies/", accounts.AgencyList.as_view(), name="api_agencies"),
    path("codes/", accounts.CodeLists.as_view(), name="api_code_lists"),
    path("codes/<str:name>/", accounts.CodesOfList.as_view(), name="api_codes"),
    path("reports/", reports.TableList.as_view(), name="api_report_list"),
    path("reports/definitions/", reports.Definitions.as_view(), name="api_report_definitions"),
    path("reports/<uuid:pk>/", reports.TableDetail.as_view(), name="api_report"),
    path("trail/", audit.Trail.as_view(), name="api_trail"),
]
